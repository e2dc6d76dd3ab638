// The widget's four drawings.
const line = { fill: 'none', stroke: 'currentColor', 'stroke-width': '1.8', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' } as const;

function Icon({ path }: { path: string }) {
  return (
    <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
      <path d={path} {...line} />
    </svg>
  );
}

export const CloseIcon = () => <Icon path="M6 6l12 12M18 6L6 18" />;
export const BackIcon = () => <Icon path="M14 6l-6 6 6 6" />;
export const AttachIcon = () => <Icon path="M20 11.5l-8.2 8a5 5 0 0 1-7-7l8.5-8.3a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.2a1.7 1.7 0 0 1-2.3-2.3l7.7-7.5" />;
export const SendIcon = () => <Icon path="M12 19V5M6 11l6-6 6 6" />;
