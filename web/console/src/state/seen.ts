// Which message of a ticket was last really on screen. The send guard asks for it: a reply must not cross a message nobody read.

const lastSeen = new Map<string, string>();

export function markSeen(ticketId: string, messageId: string): void {
  lastSeen.set(ticketId, messageId);
}

export function lastSeenOf(ticketId: string): string | undefined {
  return lastSeen.get(ticketId);
}
