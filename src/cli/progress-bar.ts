// A bar that shows how far something is, on the line that the cursor is on. Pure text; drawing it is for others.

/** `record cpu [########--------]  50% 00:12`, no longer than `width`. `share` from 0 to 1. */
export function barText(label: string, share: number, seconds: number, width: number): string {
  const done = Math.min(1, Math.max(0, share))
  const tail = ` ${String(Math.floor(done * 100)).padStart(3)}% ${clock(seconds)}`
  const name = label.length > width / 2 ? `${label.slice(0, Math.floor(width / 2) - 1)}…` : label
  const room = Math.min(40, width - 1 - name.length - tail.length - 3)
  if (room < 4) return (name + tail).slice(0, width - 1)
  const filled = Math.round(done * room)
  return `${name} [${'#'.repeat(filled)}${'-'.repeat(room - filled)}]${tail}`
}

/** How long it has taken when nobody knows how far it is. */
export function waitingText(label: string, seconds: number, width: number): string {
  return `${label} … ${clock(seconds)}`.slice(0, width - 1)
}

function clock(seconds: number): string {
  const s = Math.floor(seconds)
  const two = (n: number): string => String(n).padStart(2, '0')
  return s < 3600
    ? `${two(Math.floor(s / 60))}:${two(s % 60)}`
    : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}
