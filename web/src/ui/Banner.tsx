// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';

import { t } from '../text';

export type BannerKind = 'note' | 'good' | 'warn' | 'danger';

/** A message that stays. Its kind is said by a word, too. isAlert: read aloud at once. */
export function Banner({ kind, children, actions, isAlert, isStrong, title }: {
  kind: BannerKind; children: ComponentChildren; actions?: ComponentChildren; isAlert?: boolean; isStrong?: boolean; title?: ComponentChildren;
}) {
  return (
    <div class={`banner ${kind}${isStrong ? ' strong' : ''}`} role={isAlert ? 'alert' : undefined}>
      <div>
        <strong>{title ?? t(`ui.kind_${kind}`)}</strong> {children}
      </div>
      {actions && <div class="row">{actions}</div>}
    </div>
  );
}
