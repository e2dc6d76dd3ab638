// Server-sent events read with fetch: a stream whose status can be seen (401, 410), whose headers can be set,
// and whose unknown event names still arrive. Pure parsing first, then the reading of one response.

export interface Frame {
  /** The cursor to resume from; opaque. */
  id: string;
  event: string;
  data: string;
}

/** Parses the wire format piece by piece; a frame may be cut anywhere, even inside a line end. */
export class FrameParser {
  #buffer = '';
  #id = '';
  #event = '';
  #data: string[] = [];

  /** Frames completed by this piece of text. */
  push(text: string): Frame[] {
    this.#buffer += text;
    const frames: Frame[] = [];
    for (let line = this.#takeLine(); line !== null; line = this.#takeLine()) {
      const frame = line === '' ? this.#finish() : this.#readLine(line);
      if (frame) frames.push(frame);
    }
    return frames;
  }

  #takeLine(): string | null {
    const end = this.#buffer.search(/[\r\n]/);
    if (end < 0) return null;
    const isReturn = this.#buffer[end] === '\r';
    if (isReturn && end === this.#buffer.length - 1) return null;
    const line = this.#buffer.slice(0, end);
    const skip = isReturn && this.#buffer[end + 1] === '\n' ? 2 : 1;
    this.#buffer = this.#buffer.slice(end + skip);
    return line;
  }

  #readLine(line: string): null {
    if (line.startsWith(':')) return null;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return null;
  }

  #finish(): Frame | null {
    const frame = { id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') };
    const isWhole = this.#data.length > 0 || this.#event !== '';
    this.#event = '';
    this.#data = [];
    return isWhole ? frame : null;
  }
}

/** Reads one response to its end. `onBytes` also hears keep-alive comments, for the watchdog. */
export async function readFrames(response: Response, onFrame: (frame: Frame) => void, onBytes: () => void): Promise<void> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = new FrameParser();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes();
    for (const frame of parser.push(decoder.decode(value, { stream: true }))) onFrame(frame);
  }
}
