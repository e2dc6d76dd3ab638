// A modal dialog: focus moves in, Esc closes, focus returns.
// Rule: what is sent in a dialog ends there. React hands events on to the component that drew the dialog, and a form
// around that one would be sent as well.
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** For forms with rows of several fields. */
  isWide?: boolean;
  role?: 'dialog' | 'alertdialog';
  children: ReactNode;
}

export function Dialog({ title, isOpen, onClose, isWide = false, role = 'dialog', children }: DialogProps) {
  return (
    <ModalOverlay className="dialog-backdrop" isOpen={isOpen} onOpenChange={(open) => open || onClose()} isDismissable={role === 'dialog'}>
      <Modal className="dialog-frame" data-wide={isWide || undefined}>
        <AriaDialog className="dialog" role={role}>
          <Heading slot="title" className="dialog-title">
            {title}
          </Heading>
          <div className="dialog-content" onSubmit={(event) => event.stopPropagation()}>
            {children}
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The row of buttons at a dialog's end. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="dialog-actions">{children}</div>;
}
