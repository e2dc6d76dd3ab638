// The door of the interface kit: primitives, marks, states.
export { Button, IconButton, type ButtonProps } from './button';
export { Avatar, Badge, Key, PriorityMark, StatusMark, initials } from './small';
export { CheckList, Choose, Field, Switch, type Choice } from './field';
export { ChoiceMenu, type MenuChoice, type MenuGroup } from './menu';
export { Dialog, DialogActions } from './dialog';
export { Empty, Skeleton, Spinner, Trouble } from './feedback';
export { ToastRegion, Toasts, type Toast } from './toast';
export { safeFragment, safeText } from './safe-html';
export { SafeHtml } from './html';
export * from './icons';
export { I18nProvider } from 'react-aria-components';
