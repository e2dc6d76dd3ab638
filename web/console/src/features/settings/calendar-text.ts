// A calendar as a person types it: hours by day in one line, holidays and extra hours one a line, and back.
// Rule: what is not understood is said with its line; the server looks over what is.
import type { CalendarDefinition, CalendarHoliday } from '@mainstay/api';

export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const RANGE = /^(\d{2}:\d{2})\s*[-–]\s*(\d{2}:\d{2})$/;
const HOLIDAY = /^(\d{4}-\d{2}-\d{2})(?:\s+(\d{2}:\d{2})\s*[-–]\s*(\d{2}:\d{2}))?(.*?)(\s+yearly)?$/;
const EXTRA = /^(\d{4}-\d{2}-\d{2})\s+(\d{2}:\d{2})\s*[-–]\s*(\d{2}:\d{2})$/;

export interface CalendarText {
  zone: string;
  always: boolean;
  hours: Record<string, string>;
  holidays: string;
  extra: string;
}

export interface BadLine {
  /** The day whose hours it is among; else it is a line. */
  day?: (typeof DAYS)[number];
  line: number;
  text: string;
}

export function textOf(definition: CalendarDefinition): CalendarText {
  const ofDay = (day: string) => definition.week.filter((one) => one.day === day).map((one) => `${one.from}-${one.to}`).join(', ');
  return {
    zone: definition.zone,
    always: definition.always,
    hours: Object.fromEntries(DAYS.map((day) => [day, ofDay(day)])),
    holidays: definition.holidays.map(holidayLine).join('\n'),
    extra: definition.extra.map((one) => `${one.date} ${one.from}-${one.to}`).join('\n'),
  };
}

export function holidayLine(holiday: CalendarHoliday): string {
  const range = holiday.from && holiday.to ? ` ${holiday.from}-${holiday.to}` : '';
  return `${holiday.date}${range}${holiday.name ? ` ${holiday.name}` : ''}${holiday.yearly ? ' yearly' : ''}`;
}

function lines(text: string): BadLine[] {
  return text.split('\n').map((line, at) => ({ line: at + 1, text: line.trim() })).filter(({ text }) => text !== '');
}

/** The definition that was typed, and the lines that are none. */
export function readText(text: CalendarText): { definition: CalendarDefinition; bad: BadLine[] } {
  const bad: BadLine[] = [];
  const definition: CalendarDefinition = { zone: text.zone.trim(), always: text.always, week: [], holidays: [], extra: [] };
  if (text.always) return { definition, bad };
  DAYS.forEach((day, at) => {
    for (const range of (text.hours[day] ?? '').split(',').map((part) => part.trim()).filter(Boolean)) {
      const found = RANGE.exec(range);
      if (found) definition.week.push({ day, from: found[1] ?? '', to: found[2] ?? '' });
      else bad.push({ day, line: at + 1, text: range });
    }
  });
  for (const line of lines(text.holidays)) {
    const found = HOLIDAY.exec(line.text);
    const name = found?.[4]?.trim();
    if (found) definition.holidays.push({ date: found[1] ?? '', ...(name ? { name } : {}), ...(found[2] ? { from: found[2], to: found[3] ?? '' } : {}), ...(found[5] ? { yearly: true } : {}) });
    else bad.push(line);
  }
  for (const line of lines(text.extra)) {
    const found = EXTRA.exec(line.text);
    if (found) definition.extra.push({ date: found[1] ?? '', from: found[2] ?? '', to: found[3] ?? '' });
    else bad.push(line);
  }
  return { definition, bad };
}
