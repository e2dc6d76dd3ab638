// @vitest-environment jsdom
// What is sent in a dialog stays there: the form that drew the dialog is not sent with it.
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { Dialog } from './dialog';

// The simulated browser lacks it.
vi.stubGlobal('CSS', { escape: (text: string) => text });
afterEach(cleanup);

test('a form in a dialog is sent alone', () => {
  const [outer, inner] = [vi.fn((event) => event.preventDefault()), vi.fn((event) => event.preventDefault())];
  render(
    <form onSubmit={outer}>
      <Dialog title="Archive" isOpen onClose={() => undefined}>
        <form onSubmit={inner}><button type="submit">Send</button></form>
      </Dialog>
    </form>,
  );
  fireEvent.submit(screen.getByRole('button', { name: 'Send' }).closest('form')!);
  expect(inner).toHaveBeenCalledOnce();
  expect(outer).not.toHaveBeenCalled();
});
