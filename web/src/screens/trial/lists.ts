// SPDX-License-Identifier: Apache-2.0
// Parts of a specification that stand in lists.
export interface Part<T> {
  at: string;
  value: T;
  onValue: (next: T) => void;
}

export const replaced = <T>(list: readonly T[], index: number, next: T): T[] =>
  list.map((x, i) => (i === index ? next : x));
export const without = <T>(list: readonly T[], index: number): T[] =>
  list.filter((_, i) => i !== index);
