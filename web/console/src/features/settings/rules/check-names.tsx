// Several of a list whose entries have names.
import { CheckList, type Choice } from '@mainstay/ui';

export function CheckNames({ label, choices, chosen, onChange }: { label: string; choices: Choice[]; chosen: string[]; onChange: (ids: string[]) => void }) {
  const labelOf = (id: string) => choices.find((choice) => choice.id === id)?.label ?? id;
  const idOf = (name: string) => choices.find((choice) => choice.label === name)?.id ?? name;
  return <CheckList label={label} choices={choices.map((choice) => choice.label)} chosen={chosen.map(labelOf)} onChange={(names) => onChange(names.map(idOf))} />;
}
