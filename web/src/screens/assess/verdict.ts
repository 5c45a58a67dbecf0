// SPDX-License-Identifier: Apache-2.0
// The verdict while somebody types: $assess on the record with what was typed as a draft. The
// server decides and words it; nothing is stored.
import { useEffect, useRef, useState } from 'preact/hooks';

import { extensionOf, resourcesOf, type Bundle, type CodeableConcept, type Extension, type Resource } from '../../api/fhir';
import { ApiError, type Issue, post } from '../../api/http';
import { FACT, RULE } from './codes';
import type { Written } from './entries';

export interface Finding {
  rule: string;
  tier: string;
  title: string;
  detail: string;
  action?: string | undefined;
  threshold: string;
  inputs: string[];
  outcome: string;
  override: string;
  grade: string;
  source: string;
  isVerified: boolean;
  isApproved: boolean;
  isUnknown: boolean;
  missing: string[];
}

export interface Verdict {
  code: string;
  word: string;
  note: string;
  findings: Finding[];
  /** Facts that would decide, the gravest first. */
  wanted: { fact: string; text: string }[];
}

const partsOf = (r: Resource): Extension[] => (extensionOf(r,
  '/finding')?.extension as Extension[] | undefined) ?? [];

function findingOf(r: Resource): Finding {
  const parts = partsOf(r);
  const part = (name: string): string => {
    const found = parts.find((p) => p.url === name);
    return String(found?.valueCode ?? found?.valueString ?? '');
  };
  const codes = (r.evidence as { code: CodeableConcept[] }[] | undefined)?.[0]?.code ?? [];
  const tier = codes.find((c) => c.coding?.[0]?.system === RULE);
  const action = (r.mitigation as { action: CodeableConcept }[] | undefined)?.[0]?.action.text;
  return {
    rule: (r.code as CodeableConcept).coding?.[0]?.code ?? '',
    tier: tier?.coding?.[0]?.code ?? '',
    title: (r.code as CodeableConcept).text ?? '',
    detail: String(r.detail ?? '').replace(/ Not decided: unknown are [^.]*$/, ''),
    action,
    threshold: tier?.text ?? '',
    inputs: codes.filter((c) => c.coding?.[0]?.system === FACT).map((c) => c.text ?? ''),
    outcome: part('outcome'),
    override: part('override'),
    grade: part('grade'),
    source: part('source'),
    isVerified: part('verified') === 'yes',
    isApproved: part('approved-by') !== '',
    isUnknown: r.status === 'preliminary',
    missing: parts.filter((p) => p.url === 'missing').map((p) => String(p.valueCode)),
  };
}

export function verdictOf(bundle: Bundle): Verdict {
  const guidance = resourcesOf(bundle, 'GuidanceResponse')[0];
  const text = (guidance?.note as { text: string }[] | undefined)?.[0]?.text ?? '';
  const form = resourcesOf(bundle, 'Questionnaire')[0];
  const items = (form?.item as { linkId: string; text: string }[] | undefined) ?? [];
  const dot = text.indexOf('. ');
  return {
    code: String(guidance && extensionOf(guidance, '/verdict')?.valueCode),
    word: dot < 0 ? text : text.slice(0, dot),
    note: dot < 0 ? '' : text.slice(dot + 2),
    findings: resourcesOf(bundle, 'DetectedIssue').map(findingOf),
    wanted: items.map((i) => ({ fact: i.linkId, text: i.text })),
  };
}

export function assess(patient: string, written: readonly Written[], target: number | null,
  signal?: AbortSignal): Promise<Bundle> {
  const draft = { resourceType: 'Bundle', type: 'collection',
    entry: written.map((w) => ({ resource: w.entry.resource })) };
  const parameter: object[] = [{ name: 'store', valueBoolean: false }];
  if (target !== null) parameter.push({ name: 'target', valueInteger: target + 1 });
  if (written.length > 0) parameter.push({ name: 'draft', resource: draft });
  return post<Bundle>(`/fhir/Patient/${patient}/$assess`, { resourceType: 'Parameters', parameter },
    signal ? { signal } : {});
}

/** Issues of the draft, by the question that they belong to. */
function problemsOf(issues: readonly Issue[], written: readonly Written[]): Record<string, string> {
  const out: Record<string, string> = {};
  for (const issue of issues) {
    const index = Number(/Bundle\.entry\[(\d+)\]/.exec(issue.expression?.[0] ?? '')?.[1] ?? NaN);
    const key = written[index]?.key;
    const text = issue.diagnostics ?? (issue as { details?: { text?: string } }).details?.text ?? issue.code;
    if (key && issue.severity === 'error') out[key] = text;
  }
  return out;
}

export interface Live {
  verdict: Verdict | undefined;
  isPending: boolean;
  error: unknown;
  /** What the server refuses of what was typed, by question. */
  problems: Record<string, string>;
  /** From the request to the answer. */
  tookMs: number | undefined;
}

const PAUSE_MS = 200;

/** Asks a moment after the last change; an answer to an older state is dropped. */
export function useVerdict(patient: string, written: readonly Written[] | undefined, target: number | null): Live {
  const [live, setLive] = useState<Live>({ verdict: undefined, isPending: true, error: undefined, problems: {},
    tookMs: undefined });
  const isFirst = useRef(true);
  const text = written && JSON.stringify([written.map((w) => w.entry.resource), target]);
  useEffect(() => {
    if (!written) return undefined;
    const abort = new AbortController();
    setLive((l) => ({ ...l, isPending: true }));
    const timer = setTimeout(() => {
      const started = performance.now();
      assess(patient, written, target, abort.signal)
        .then((bundle) => {
          if (abort.signal.aborted) return;
          setLive({ verdict: verdictOf(bundle), isPending: false, error: undefined, problems: {},
            tookMs: performance.now() - started });
        })
        .catch((error: unknown) => {
          if (abort.signal.aborted) return;
          const problems = error instanceof ApiError ? problemsOf(error.issues, written) : {};
          setLive((l) => ({ ...l, isPending: false, error, problems }));
        });
    }, isFirst.current ? 0 : PAUSE_MS);
    isFirst.current = false;
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [patient, text]);
  return live;
}
