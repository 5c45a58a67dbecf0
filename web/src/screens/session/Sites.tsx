// SPDX-License-Identifier: Apache-2.0
// Stage 4: each site as it is given, beside the totals as they will be with the next one.
import { formatDate } from '../../format';
import { t } from '../../text';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { newAdministration, now, type Given } from './model';
import { Line, ml } from './parts';
import { SiteRow } from './SiteRow';
import { itemsOf } from './stages';
import { TotalsPanel } from './TotalsPanel';
import type { StageProps } from './Flow';
import type { Sheet, SheetSite } from './sheet';
import { useTotals } from './useTotals';

const keyOf = (s: SheetSite): string => `${s.site}-${s.side}`;

function planned(site: SheetSite, edits: Partial<Given> | undefined): Given {
  return {
    site: site.site,
    side: site.side,
    ml: site.ml,
    mix: site.mix,
    needle: site.needle ?? '',
    guidance: site.guidance,
    reaction: '',
    at: '',
    ...edits,
  };
}

/** As the session before had it at this site; a guidance that the site may not have stays out. */
function before(site: SheetSite, last: Sheet['last']): Partial<Given> {
  const x = last?.sites.find((l) => l.site === site.site && l.side === site.side);
  const isBlind = site.guidance_required && x?.guidance === 'LM';
  return {
    ...(x?.ml === undefined ? {} : { ml: x.ml }),
    ...(x?.needle ? { needle: x.needle } : {}),
    ...(x?.guidance && !isBlind ? { guidance: x.guidance } : {}),
  };
}

export function Sites({ s, draft }: StageProps) {
  const { edits } = draft.value;
  const edit = (site: SheetSite, change: Partial<Given>): void =>
    draft.set({
      ...draft.value,
      edits: { ...edits, [keyOf(site)]: { ...edits[keyOf(site)], ...change } },
      next: keyOf(site),
    });
  const open = s.sites.filter((x) => !x.given);
  const next = open.find((x) => keyOf(x.site) === draft.value.next) ?? open[0];
  const isMixed = next && s.mixes.has(next.site.mix);
  const candidate =
    next && isMixed
      ? newAdministration(
          s.where,
          next.site,
          { ...planned(next.site, edits[keyOf(next.site)]), at: now() },
          'completed',
        )
      : null;
  const running = useTotals(s, candidate);
  const refusal =
    running.isFresh && candidate
      ? running.totals?.refusals.map((r) => r.text).join(' ')
      : undefined;
  const whyOf = (site: SheetSite): string | undefined => {
    if (!s.mixes.has(site.mix)) return t('session.mix_first', { label: site.mix });
    return next && site === next.site && refusal ? refusal : undefined;
  };
  const last = s.sheet.last;
  const asLast = (): void => {
    const changes = Object.fromEntries(
      open.map(({ site }) => [keyOf(site), { ...edits[keyOf(site)], ...before(site, last) }]),
    );
    draft.set({ ...draft.value, edits: { ...edits, ...changes } });
  };
  const lines = itemsOf(s, 'sites').filter((i) => i.confirm === 'each');
  const amount = next ? planned(next.site, edits[keyOf(next.site)]).ml : 0;
  return (
    <div class="with-totals">
      <div class="stack">
        <ul class="plain lines">
          {lines.map((i) => (
            <Line key={i.id} s={s} item={i} />
          ))}
        </ul>
        {last && open.length > 0 && (
          <div class="row">
            <Button isLarge onClick={asLast}>
              {t('session.as_last', { date: formatDate(last.day) })}
            </Button>
          </div>
        )}
        <ol class="plain sites">
          {s.sites.map((x, i) => {
            const given = planned(x.site, edits[keyOf(x.site)]);
            return (
              <SiteRow
                key={keyOf(x.site)}
                index={i + 1}
                state={x}
                given={given}
                step={s.sheet.limits.volume_step_ml}
                why={x.given ? undefined : whyOf(x.site)}
                onChange={(change) => edit(x.site, change)}
                onGive={() => s.give(x.site, { ...given, at: now() })}
                onSkip={(reason) => s.skip(x.site, { ...given, at: now() }, reason)}
                onUndo={() => s.undo(x.site)}
              />
            );
          })}
        </ol>
        {s.sites.length === 0 && <Banner kind="warn">{t('session.no_sites')}</Banner>}
      </div>
      <TotalsPanel
        running={running}
        title={
          candidate && next
            ? t('session.totals_with', { site: next.site.structure, amount: ml(amount) })
            : t('session.totals_given')
        }
      />
    </div>
  );
}
