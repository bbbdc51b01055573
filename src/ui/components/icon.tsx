/**
 * The icons of the pages, drawn in the color of the text around them. They add nothing that the text does not
 * say.
 */

const drawings = {
  key: 'M14.5 3a6.5 6.5 0 0 0-6.2 8.4L3 16.8V21h4.2v-2.4h2.4v-2.4h1.9l.9-.9A6.5 6.5 0 1 0 14.5 3Zm2 3.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6Z',
  eye: 'M12 5c-5 0-8.6 3.9-10 7 1.4 3.1 5 7 10 7s8.6-3.9 10-7c-1.4-3.1-5-7-10-7Zm0 11.5a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9Zm0-2.3a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z',
  mail: 'M4 5h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V7c0-1.1.9-2 2-2Zm0 3.2V17h16V8.2l-8 5.4-8-5.4ZM5.3 7l6.7 4.5L18.7 7H5.3Z',
  phone:
    'M8 2h8a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V4c0-1.1.9-2 2-2Zm0 2v13h8V4H8Zm4 14.2a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z',
  tablet:
    'M6 2h12a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4c0-1.1.9-2 2-2Zm0 2v13h12V4H6Zm6 14.2a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z',
  desktop:
    'M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-6v2h3v2H7v-2h3v-2H4a2 2 0 0 1-2-2V6c0-1.1.9-2 2-2Zm0 2v9h16V6H4Z',
  unknown:
    'M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20Zm0 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16Zm-1 12h2v2h-2v-2Zm1-10a3.7 3.7 0 0 1 1 7.3V15h-2v-3.5c2 0 2.7-.6 2.7-1.8 0-1-.7-1.7-1.7-1.7s-1.7.7-1.7 1.7h-2A3.7 3.7 0 0 1 12 6Z',
  done: 'm9.5 16.2-4-4L4 13.7l5.5 5.5L21 7.6l-1.4-1.5L9.5 16.2Z',
  warning: 'M12 2.5 1 21.5h22L12 2.5Zm0 4L19.5 19.5h-15L12 6.5ZM11 10v5h2v-5h-2Zm0 6v2h2v-2h-2Z',
  link: 'M10.6 13.4a1 1 0 0 1-1.4 1.4 5 5 0 0 1 0-7l3.5-3.6a5 5 0 0 1 7.1 7.1l-1.5 1.5a7 7 0 0 0-.4-2.4l.5-.5a3 3 0 0 0-4.3-4.3l-3.5 3.6a3 3 0 0 0 0 4.2Zm2.8-4.2a1 1 0 0 1 1.4 0 5 5 0 0 1 0 7l-3.5 3.6a5 5 0 0 1-7.1-7.1l1.5-1.5c0 .8.1 1.6.4 2.4l-.5.5a3 3 0 0 0 4.3 4.3l3.5-3.6a3 3 0 0 0 0-4.2 1 1 0 0 1 0-1.4Z',
  chat: 'M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H8l-6 4V5c0-1.1.9-2 2-2Zm0 2v13.3L7.4 16H20V5H4Z',
  book: 'M6 3h13v15H6.5a1 1 0 0 0 0 2H19v2H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3Zm0 2a1 1 0 0 0-1 1v10.2c.3-.1.6-.2 1-.2h11V5H6Z',
  person:
    'M12 3a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Zm0 2a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Zm0 8.5c4.4 0 8 2.4 8 5.5v2H4v-2c0-3.1 3.6-5.5 8-5.5Zm0 2c-3.3 0-6 1.6-6 3.5h12c0-1.9-2.7-3.5-6-3.5Z',
} as const

/** The name of an icon. */
export type IconName = keyof typeof drawings

/** An icon beside text, hidden from screen readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg data-part="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
      <path fill="currentColor" fill-rule="evenodd" d={drawings[name]} />
    </svg>
  )
}
