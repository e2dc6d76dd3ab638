// The dialog with a form, by the name settings know it.
export { FormDialog, type FormDialogProps } from '../../parts/form-dialog';
