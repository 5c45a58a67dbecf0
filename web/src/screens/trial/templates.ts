// SPDX-License-Identifier: Apache-2.0
// The complete examples of the repository (examples/trials), to begin from.
import crossover from '../../../../examples/trials/crossover.json';
import kneeOa from '../../../../examples/trials/knee-oa.json';
import lowBackPain from '../../../../examples/trials/low-back-pain.json';
import planned from '../../../../examples/trials/planned.json';
import tennisElbow from '../../../../examples/trials/tennis-elbow.json';
import type { Spec } from './spec';

export const TEMPLATES: Record<string, Spec> = Object.fromEntries(
  Object.entries({
    'knee-oa': kneeOa,
    'tennis-elbow': tennisElbow,
    'low-back-pain': lowBackPain,
    planned,
    crossover,
  }).map(([id, spec]) => [id, spec as unknown as Spec]),
);
