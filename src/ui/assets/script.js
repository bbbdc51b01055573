// The script of the pages. Everything works without it; it only adds what needs a script. It keeps no state,
// and changes only elements with its data attributes.

const root = document.documentElement
const all = (selector, act) => document.querySelectorAll(selector).forEach(act)
const every = 2000

root.setAttribute('data-ready', '')

// Passwords can be shown. They are hidden again before they are sent, so that no browser stores them as text.
all('[data-part=reveal]', (button) => {
  const input = document.getElementById(button.getAttribute('aria-controls'))
  const show = (shown) => {
    input.type = shown ? 'text' : 'password'
    button.setAttribute('aria-pressed', String(shown))
  }
  button.addEventListener('click', () => {
    show(input.type === 'password')
    input.focus()
  })
  input.form.addEventListener('submit', () => show(false))
})

// A code may be pasted with spaces, dashes or the words around it.
all('[data-digits]', (input) => {
  input.addEventListener('input', () => {
    const digits = input.value.normalize('NFKC').replace(/\D/g, '')
    if (digits !== input.value) input.value = digits
  })
})

// An email typed in one form is copied to the next one that opens.
all('details[data-part=way]', (way) => {
  way.addEventListener('toggle', () => {
    const input = way.querySelector('input[name=email]')
    const typed = document.querySelector('input[name=email]')
    if (way.open && input && typed && input.value === '') input.value = typed.value
  })
})

// A form is sent only once.
document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.getAttribute('aria-busy') === 'true') event.preventDefault()
  else if (form.method === 'post') form.setAttribute('aria-busy', 'true')
})
addEventListener('pageshow', () => all('form[aria-busy]', (form) => form.removeAttribute('aria-busy')))

// A toll: proof of work, solved while the person waits or retypes what was not kept.
const solve = async ({ challenge }) => {
  const { nonce, salt, cost: iterations, keyLength, keyPrefix } = challenge.parameters
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16))
  const derive = async (counter) => {
    const password = new Uint8Array([...bytes(nonce), 0, 0, 0, 0])
    new DataView(password.buffer).setUint32(password.length - 4, counter)
    const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
    const how = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes(salt), iterations }
    const bits = new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8))
    return [...bits].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  }
  for (let counter = 0; ; counter += 8) {
    const keys = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((step) => derive(counter + step)))
    const found = keys.findIndex((key) => key.startsWith(keyPrefix))
    if (found >= 0)
      return btoa(
        JSON.stringify({ challenge, solution: { counter: counter + found, derivedKey: keys[found] } }),
      )
  }
}
all('[data-toll]', async (input) => {
  const { form } = input
  let waits = form.checkValidity()
  const hold = (event) => {
    event.preventDefault()
    event.stopPropagation()
    waits = true
  }
  if (!self.crypto?.subtle) return
  form.addEventListener('submit', hold)
  input.value = await solve({ challenge: JSON.parse(input.dataset.toll) })
  form.removeEventListener('submit', hold)
  if (waits) form.requestSubmit()
})

// The seconds keep their width, so that nothing moves while they count down.
all('[data-countdown]', (seconds) => {
  const button = seconds.closest('button')
  const end = performance.now() + seconds.dataset.countdown * 1000
  const tick = () => {
    const left = Math.ceil((end - performance.now()) / 1000)
    button.disabled = left > 0
    seconds.textContent = `(${left})`.padStart(seconds.textContent.length, '\u2007')
    if (left <= 0) seconds.style.visibility = 'hidden'
    if (left > 0) setTimeout(tick, 1000)
  }
  tick()
})

// The page that waits for a link continues when the link was approved in another browser.
all('[data-wait]', (form) => {
  const poll = async () => {
    const answer = document.hidden
      ? null
      : await fetch(form.dataset.wait, { headers: { accept: 'application/json' } }).catch(() => null)
    const isOver = answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429
    const status = answer && answer.ok ? (await answer.json()).status : 'waiting'
    if (status === 'approved') form.requestSubmit()
    else if (isOver || status !== 'waiting') location.reload()
    else setTimeout(poll, every)
  }
  setTimeout(poll, every)
})

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]')
  if (!button || button.dataset.label) return
  await navigator.clipboard.writeText(button.dataset.copy)
  button.dataset.label = button.textContent
  button.textContent = button.dataset.copied
  setTimeout(() => {
    button.textContent = button.dataset.label
    delete button.dataset.label
  }, every)
})

// New messages are inserted before the existing ones, which stay in place, so that no focus or selection is
// lost.
all('[data-live]', (list) => {
  const poll = async () => {
    const answer = document.hidden ? null : await fetch(location.href).catch(() => null)
    if (answer && answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const missing = [...fresh.querySelectorAll('[data-live] > [id]')].filter(
        ({ id }) => !document.getElementById(id),
      )
      for (const item of missing.reverse()) {
        item.setAttribute('data-new', '')
        list.prepend(item)
      }
    }
    setTimeout(poll, every)
  }
  setTimeout(poll, every)
})

// If the session is ended elsewhere, the page shows it at once. If a form of this page ends it, the form's
// redirect leads on.
all('[data-session-events]', (part) => {
  const source = new EventSource(part.dataset.sessionEvents)
  source.addEventListener('ended', () => location.assign(part.dataset.signedOut))
  document.addEventListener('submit', () => source.close())
})

// The title of a time is its full date, in the reader's time zone.
all('time', (time) => {
  time.title = new Date(time.dateTime).toLocaleString(root.lang)
})
