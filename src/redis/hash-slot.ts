/** The number of slots of every cluster. */
const slotCount = 16_384;

/** Whether a text that is put before a key, or into the braces of one, would change what a cluster hashes. */
export const hasBraces = (text: string): boolean => /[{}]/.test(text);

/** What a cluster hashes of a key: the text within the first braces, or all of it if there is none. */
export function hashTagOf(key: string): string {
  const start = key.indexOf('{');
  const end = key.indexOf('}', start + 1);
  return start >= 0 && end > start + 1 ? key.slice(start + 1, end) : key;
}

/** The slot of a key in a Redis cluster: CRC-16/XMODEM of its hash tag, as the cluster specification has it. */
export function hashSlotOf(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(hashTagOf(key))) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
    crc &= 0xffff;
  }
  return crc % slotCount;
}
