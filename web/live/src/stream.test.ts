// The wire format of server-sent events, cut in any place.
import { expect, test } from 'vitest';
import { FrameParser, readFrames, type Frame } from './stream';

const WIRE = 'id: 7\nevent: ticket.opened\ndata: {"a":\ndata: 1}\n\n:\n\nevent: hello\r\nid: 8\r\ndata\r\n\r\n';
const FRAMES = [
  { id: '7', event: 'ticket.opened', data: '{"a":\n1}' },
  { id: '8', event: 'hello', data: '' },
];

test('frames are the same wherever the text is cut', () => {
  for (let size = 1; size <= WIRE.length; size += 1) {
    const parser = new FrameParser();
    const frames: Frame[] = [];
    for (let start = 0; start < WIRE.length; start += size) frames.push(...parser.push(WIRE.slice(start, start + size)));
    expect(frames).toEqual(FRAMES);
  }
});

test('an id lasts until the next one, a comment is no frame, an unnamed event is a message', () => {
  const parser = new FrameParser();
  expect(parser.push('id: 1\ndata: a\n\n: keep alive\n\ndata: b\n\n')).toEqual([
    { id: '1', event: 'message', data: 'a' },
    { id: '1', event: 'message', data: 'b' },
  ]);
});

test('reading a response hears every byte and every frame', async () => {
  const frames: Frame[] = [];
  let bytes = 0;
  await readFrames(new Response(WIRE), (frame) => frames.push(frame), () => (bytes += 1));
  expect(frames).toEqual(FRAMES);
  expect(bytes).toBeGreaterThan(0);
});
