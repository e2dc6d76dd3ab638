// Buttons. `look` says how much weight, never what colour.
import type { ReactNode } from 'react';
import { Button as AriaButton, Tooltip, TooltipTrigger, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Key } from './small';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  look?: 'primary' | 'plain' | 'quiet' | 'note' | 'danger';
  size?: 'small' | 'normal';
  children?: ReactNode;
}

/** A button with words. */
export function Button({ look = 'plain', size = 'normal', ...rest }: ButtonProps) {
  return <AriaButton {...rest} className="button" data-look={look} data-size={size} />;
}

export interface IconButtonProps extends ButtonProps {
  /** What it does; spoken, and shown on hover. */
  label: string;
  /** The key that does the same. */
  shortcut?: string;
}

/** A button with a picture only; its words are the label and the tooltip. */
export function IconButton({ label, shortcut, look = 'quiet', size = 'normal', ...rest }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={50}>
      <AriaButton {...rest} aria-label={label} className="button" data-look={look} data-size={size} data-shape="icon" />
      <Tooltip className="tooltip" offset={6}>
        {label} {shortcut ? <Key>{shortcut}</Key> : null}
      </Tooltip>
    </TooltipTrigger>
  );
}
