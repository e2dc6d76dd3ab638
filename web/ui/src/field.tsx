// Text fields, choices and switches, each with its label and its own error place.
import type { ReactNode, Ref } from 'react';
import {
  Button, Checkbox, CheckboxGroup, FieldError, Input, Label, ListBox, ListBoxItem, Popover, Select, SelectValue, Switch as AriaSwitch, Text, TextArea, TextField,
  type TextFieldProps,
} from 'react-aria-components';
import { DownIcon } from './icons';

export interface FieldProps extends Omit<TextFieldProps, 'className' | 'style' | 'children'> {
  label: string;
  help?: ReactNode;
  error?: string | undefined;
  placeholder?: string;
  rows?: number;
  isCode?: boolean;
  inputRef?: Ref<HTMLInputElement>;
}

/** A refusal as a sentence: the server says what is wrong with a field ("takes 1 to 5"), the label says with which. */
export function sentenceOf(label: string, error: string): string {
  if (!/^\p{Ll}/u.test(error)) return error;
  return `${label} ${error}${/[.!?]$/.test(error) ? '' : '.'}`;
}

/** One line of text; with `rows`, several. */
export function Field({ label, help, error, placeholder, rows, isCode, inputRef, ...rest }: FieldProps) {
  // A refusal is shown and blocks nothing: the browser would else hold the form back, and what was put right was never sent.
  return (
    <TextField validationBehavior={error === undefined ? 'native' : 'aria'} {...rest} isInvalid={error !== undefined || rest.isInvalid === true} className="field">
      <Label className="field-label">{label}</Label>
      {rows ? (
        <TextArea className="field-area" rows={rows} placeholder={placeholder} data-code={isCode || undefined} />
      ) : (
        <Input className="field-input" placeholder={placeholder} {...(inputRef ? { ref: inputRef } : {})} />
      )}
      {help ? (
        <Text slot="description" className="field-help">
          {help}
        </Text>
      ) : null}
      <FieldError className="field-error">{error === undefined ? undefined : sentenceOf(label, error)}</FieldError>
    </TextField>
  );
}

export interface Choice {
  id: string;
  label: string;
}

/** One of a few. */
export function Choose(props: { label: string; choices: Choice[]; value: string; onChange: (id: string) => void; help?: string }) {
  const { label, choices, value, onChange, help } = props;
  return (
    <Select className="field" value={value} onChange={(key) => onChange(String(key))}>
      <Label className="field-label">{label}</Label>
      <Button className="select-button">
        <SelectValue />
        <DownIcon size={14} aria-hidden="true" />
      </Button>
      {help ? (
        <Text slot="description" className="field-help">
          {help}
        </Text>
      ) : null}
      <Popover className="popover popover-narrow">
        <ListBox className="menu" items={choices}>
          {(choice) => <ListBoxItem className="menu-item">{choice.label}</ListBoxItem>}
        </ListBox>
      </Popover>
    </Select>
  );
}

/** On or off, at once. */
export function Switch({ label, isOn, onChange }: { label: ReactNode; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <AriaSwitch className="switch" isSelected={isOn} onChange={onChange}>
      <span>{label}</span>
      <span className="switch-track" />
    </AriaSwitch>
  );
}

/** Several of a list. */
export function CheckList(props: { label: string; choices: string[]; chosen: string[]; onChange: (chosen: string[]) => void }) {
  return (
    <CheckboxGroup className="field" value={props.chosen} onChange={props.onChange}>
      <Label className="field-label">{props.label}</Label>
      <div className="checks">
        {props.choices.map((choice) => (
          <Checkbox key={choice} value={choice} className="check">
            <span className="check-box" aria-hidden="true" /> {choice}
          </Checkbox>
        ))}
      </div>
    </CheckboxGroup>
  );
}
