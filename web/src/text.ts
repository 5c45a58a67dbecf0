// SPDX-License-Identifier: Apache-2.0
// Every text of the page, by key. English is compiled in and is what other catalogues are checked
// against; another language is one file more (web/text/LANGUAGE.json), fetched when it is chosen.
import en from '../text/en.json';
import { store } from './store';

type Catalogue = typeof en;
type Keys<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Keys<T[K]>}` }[keyof T & string];
/** "today.title". A text with forms by number is named without its ending: "x.n" for n_one, n_other. */
export type Plural<K extends string> = K extends `${infer P}_other` ? P : never;
export type TextKey = Keys<Catalogue> | Plural<Keys<Catalogue>>;
export type Values = Record<string, string | number>;

export const LANGUAGES: Record<string, string> = { en: 'English', tr: 'Türkçe' };

/** What is chosen; the page is drawn anew when it changes. */
export const language = store('en');

/** The reader's own variant of the chosen language: en-GB writes dates as no en-US does. */
export function locale(): string {
  return navigator.languages.find((l) => l.split('-')[0] === language.get()) ?? language.get();
}

let catalogue: unknown = en;
let plurals = new Intl.PluralRules('en');
let numbers = new Intl.NumberFormat(locale());

function look(tree: unknown, key: string): string | undefined {
  let at: unknown = tree;
  for (const part of key.split('.')) at = (at as Record<string, unknown> | undefined)?.[part];
  return typeof at === 'string' ? at : undefined;
}

function form(tree: unknown, key: string, values?: Values): string | undefined {
  const n = values?.n;
  const counted = typeof n === 'number' ? look(tree, `${key}_${plurals.select(n)}`) ?? look(tree, `${key}_other`) : undefined;
  return counted ?? look(tree, key);
}

/** The text, {names} replaced. A key that a language lacks is English; one that English lacks is a
 * mistake that shows itself. */
export function t(key: TextKey, values?: Values): string {
  const text = form(catalogue, key, values) ?? form(en, key, values) ?? key;
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? numbers.format(value) : value;
  });
}

/** A text whose key is made of data ("role." + name); the data's own word when there is none. */
export function tIf(key: string, otherwise: string): string {
  return look(catalogue, key) ?? look(en, key) ?? otherwise;
}

export async function chooseLanguage(wanted: string): Promise<void> {
  const name = wanted in LANGUAGES ? wanted : 'en';
  if (name !== 'en') {
    const answer = await fetch(`/app/${name}.json`);
    if (!answer.ok) return;
    catalogue = await answer.json();
  } else {
    catalogue = en;
  }
  document.documentElement.lang = name;
  localStorage.setItem('language', name); // a preference, nothing of a patient
  language.set(name);
  plurals = new Intl.PluralRules(name);
  numbers = new Intl.NumberFormat(locale());
}

export function rememberedLanguage(): string {
  return localStorage.getItem('language') ?? navigator.language.slice(0, 2);
}
