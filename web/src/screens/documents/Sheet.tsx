// SPDX-License-Identifier: Apache-2.0
// A document as a sheet of paper. The table around it is no table of data: printed, its head and
// foot stand on every page, so that no page can be mixed up.
import { Blocks } from './Blocks';
import type { Paper } from './data';

export function Sheet({ paper }: { paper: Paper }) {
  return (
    <article class={`paper ${paper.reader}`} lang={paper.language} aria-label={paper.title}>
      <table role="presentation" class="pages">
        <thead>
          <tr><td><div class="page-head"><span class="strong">{paper.head_left}</span><span>{paper.head_right}</span></div></td></tr>
        </thead>
        <tfoot>
          <tr><td><div class="page-foot">{paper.foot}</div></td></tr>
        </tfoot>
        <tbody>
          <tr><td class="page-body"><Blocks blocks={paper.blocks} /></td></tr>
        </tbody>
      </table>
    </article>
  );
}
