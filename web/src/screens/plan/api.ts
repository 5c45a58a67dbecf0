// SPDX-License-Identifier: Apache-2.0
import { post } from '../../api/http';
import type { Bundle } from '../../api/fhir';
import type { Answer, Choices, OptionsAnswer } from './types';

type Given = Record<string, string | boolean>;

/** The parameters of $plan. */
export function parametersOf(c: Choices): Given {
  const given: Given = {};
  const put = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) given[name] = String(value);
  };
  put('target', c.target);
  put('sites', c.sites?.join('; '));
  put('schedule', c.schedule);
  put('guidance', c.guidance);
  put('anaesthetic', c.anaesthetic);
  put('stocks', c.stocks?.join('; '));
  put('dextrose', c.dextrose);
  put('volume-scale', c.volumeScale);
  put('bleb-mg', c.blebMg);
  put('block-mg', c.blockMg);
  if (c.dates) put('dates', c.dates.join('; '));
  else {
    put('sessions', c.sessions);
    put('interval', c.interval);
    put('start', c.start);
  }
  return given;
}

/** An option of a comparison as choices. */
export function choicesOf(asked: Record<string, string | number>, base: Choices): Choices {
  const text = (name: string): string | undefined =>
    asked[name] === undefined ? undefined : String(asked[name]);
  const number = (name: string): number | undefined =>
    asked[name] === undefined ? undefined : Number(asked[name]);
  const { dates: _, ...fixed } = base;
  return {
    ...fixed,
    sessions: number('sessions'),
    interval: number('interval') ?? fixed.interval,
    dextrose: number('dextrose') ?? fixed.dextrose,
    sites: text('sites')?.split(/;\s*/) ?? fixed.sites,
    volumeScale: number('volume-scale') ?? fixed.volumeScale,
    guidance: text('guidance') ?? fixed.guidance,
  };
}

function bodyOf(given: Given): unknown {
  const parameter = Object.entries(given).map(([name, value]) =>
    typeof value === 'boolean' ? { name, valueBoolean: value } : { name, valueString: value },
  );
  return parameter.length > 0
    ? { resourceType: 'Parameters', parameter }
    : { resourceType: 'Parameters' };
}

export function askPlan(
  patient: string,
  c: Choices,
  isQuick: boolean,
  signal: AbortSignal,
): Promise<Answer> {
  const given = isQuick ? { ...parametersOf(c), 'without-forecast': true } : parametersOf(c);
  return post<Answer>(`/clinic/plan/${patient}`, bodyOf(given), { signal });
}

export function askOptions(
  patient: string,
  c: Choices,
  signal: AbortSignal,
): Promise<OptionsAnswer> {
  const { dates: _, ...rest } = c;
  return post<OptionsAnswer>(`/clinic/plan/${patient}/options`, bodyOf(parametersOf(rest)), {
    signal,
  });
}

/** Keep the plan as a draft, with verdict, forecast and where it came from. */
export function keepPlan(patient: string, c: Choices): Promise<Bundle> {
  return post<Bundle>(`/fhir/Patient/${patient}/$plan`, bodyOf(parametersOf(c)));
}

export function approvePlan(
  id: string,
  version: string,
  secret: { password: string } | { code: string },
): Promise<Bundle> {
  return post<Bundle>(`/fhir/CarePlan/${id}/$approve`, bodyOf({ version, ...secret }));
}
