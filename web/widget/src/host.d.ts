// What the host page may offer, as the loader declares it.
interface Window {
  mainstay?: {
    identity?: () => Promise<string> | string;
    open?: () => void;
    close?: () => void;
    context?: (name: string | null) => void;
  };
}
