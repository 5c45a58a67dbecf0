// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';

interface Props {
  children: ComponentChildren;
  onClick?: (event: MouseEvent) => void;
  kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  type?: 'button' | 'submit';
  /** For touch: 48 px high. */
  isLarge?: boolean;
  /** What screen readers say instead of what is shown; must contain it. */
  label?: string;
  /** Why it cannot be used now: it stays reachable and says why. */
  why?: string | undefined;
  isBusy?: boolean;
  isPressed?: boolean;
}

/** A button that cannot be used is not taken away: it stays in the order of focus and tells why. */
export function Button({ children, onClick, kind = 'plain', type = 'button', isLarge, label, why, isBusy, isPressed }: Props) {
  const isOff = Boolean(why) || isBusy;
  const names = ['button', kind, isLarge ? 'large' : ''].join(' ').trim();
  const press = (event: MouseEvent): void => {
    if (isOff) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button type={type} class={names} onClick={press} aria-label={label} aria-disabled={isOff || undefined}
      aria-busy={isBusy || undefined} aria-pressed={isPressed} title={why}>
      {children}
      {why && <span class="hidden-visually"> ({why})</span>}
    </button>
  );
}

export function LinkButton({ children, to, kind = 'plain', isLarge }: { children: ComponentChildren; to: string; kind?: Props['kind']; isLarge?: boolean }) {
  return <a class={['button', kind, isLarge ? 'large' : ''].join(' ').trim()} href={to.startsWith('/') ? `#${to}` : to}>{children}</a>;
}
