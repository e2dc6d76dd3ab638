// A button that opens a list of choices; with `search`, the list narrows while typing.
import type { ReactNode } from 'react';
import {
  Autocomplete, Header, Input, Menu, MenuItem, MenuSection, MenuTrigger, Popover, SearchField, useFilter,
} from 'react-aria-components';

export interface MenuChoice {
  id: string;
  label: string;
  mark?: ReactNode;
  end?: ReactNode;
  tone?: 'danger';
}

export interface MenuGroup {
  heading?: string;
  choices: MenuChoice[];
}

export interface ChoiceMenuProps {
  /** The button. */
  trigger: ReactNode;
  label: string;
  groups: MenuGroup[];
  onChoose: (id: string) => void;
  /** Placeholder of the search field; absent for short menus. */
  search?: string;
  nothing?: string;
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
}

export function ChoiceMenu({ trigger, isOpen, onOpenChange, ...list }: ChoiceMenuProps) {
  const control = isOpen === undefined ? {} : { isOpen };
  return (
    <MenuTrigger {...control} {...(onOpenChange ? { onOpenChange } : {})}>
      {trigger}
      <Popover className="popover" placement="bottom start" offset={4}>
        {list.search ? <SearchedList {...list} /> : <ChoiceList {...list} />}
      </Popover>
    </MenuTrigger>
  );
}

type ListProps = Omit<ChoiceMenuProps, 'trigger' | 'isOpen' | 'onOpenChange'>;

function SearchedList(props: ListProps) {
  const { contains } = useFilter({ sensitivity: 'base' });
  return (
    <Autocomplete filter={contains}>
      <SearchField className="menu-search" aria-label={props.search} autoFocus>
        <Input placeholder={props.search} />
      </SearchField>
      <ChoiceList {...props} />
    </Autocomplete>
  );
}

function ChoiceList({ label, groups, onChoose, nothing }: ListProps) {
  return (
    <Menu className="menu" aria-label={label} onAction={(key) => onChoose(String(key))} renderEmptyState={() => <p className="menu-empty">{nothing}</p>}>
      {groups.map((group, at) => (
        <MenuSection key={group.heading ?? at} {...(group.heading ? {} : { 'aria-label': label })}>
          {group.heading ? <Header className="menu-heading">{group.heading}</Header> : null}
          {group.choices.map((choice) => (
            <MenuItem key={choice.id} id={choice.id} textValue={choice.label} className="menu-item" data-tone={choice.tone}>
              {choice.mark}
              <span>{choice.label}</span>
              {choice.end ? <span className="menu-item-end">{choice.end}</span> : null}
            </MenuItem>
          ))}
        </MenuSection>
      ))}
    </Menu>
  );
}
