// @vitest-environment jsdom
// What was refused can be put right and sent again, and a refusal reads as a sentence.
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { Field, sentenceOf } from './field';

afterEach(cleanup);

test('a field with a refusal does not hold its form back', () => {
  render(<form><Field label="Key" value="order" onChange={() => undefined} error="is taken" /></form>);
  const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Key' });
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(field.form?.checkValidity()).toBe(true);
  expect(screen.getByText('Key is taken.')).toBeTruthy();
});

test('what is needed still is', () => {
  render(<form><Field label="Key" isRequired value="" onChange={() => undefined} /></form>);
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Key' }).form?.checkValidity()).toBe(false);
});

test('a refusal is a sentence with its label, and a sentence stays one', () => {
  expect(sentenceOf('Capacity', 'takes 1 to 10000')).toBe('Capacity takes 1 to 10000.');
  expect(sentenceOf('Zone', 'This is no time zone.')).toBe('This is no time zone.');
});
