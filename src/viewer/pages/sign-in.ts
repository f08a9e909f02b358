import { html, setText } from '../dom.js'

/** Asks the person for a token, over everything else that is on the page. */
export class SignIn {
  readonly #field = html('input', {
    id: 'token',
    name: 'token',
    type: 'password',
    autocomplete: 'current-password',
    autocapitalize: 'off',
    spellcheck: 'false',
    required: '',
    maxlength: '512',
    'aria-describedby': 'token-message',
  })
  readonly #button = html('button', { type: 'submit' }, 'Continue')
  readonly #message = html('p', { class: 'message', id: 'token-message', role: 'alert' })
  readonly #form = html(
    'form',
    {},
    html('h1', { id: 'sign-in-title' }, 'This page asks for a token'),
    html('p', { class: 'hint' }, 'Whoever runs this server has it, or can send you a link.'),
    html('label', { for: 'token' }, 'Token'),
    this.#field,
    this.#message,
    this.#button,
  )
  readonly #root = html(
    'div',
    { class: 'sign-in', role: 'dialog', 'aria-labelledby': 'sign-in-title' },
    this.#form,
  )
  readonly #others: readonly HTMLElement[]

  constructor(message: string) {
    this.#others = [...document.body.children].filter(
      (element): element is HTMLElement => element instanceof HTMLElement && !element.inert,
    )
    for (const element of this.#others) element.inert = true
    document.body.append(this.#root)
    setText(this.#message, message)
    this.#field.focus()
  }

  /** Resolves with what the person enters. */
  token(): Promise<string> {
    return new Promise((resolve) => {
      this.#form.addEventListener(
        'submit',
        (event) => {
          event.preventDefault()
          this.#button.disabled = true
          setText(this.#message, '')
          resolve(this.#field.value.trim())
        },
        { once: true },
      )
    })
  }

  /** What was entered is of no use; the next `token()` waits for another. */
  refuse(message: string): void {
    this.#button.disabled = false
    setText(this.#message, message)
    this.#field.select()
  }

  close(): void {
    this.#root.remove()
    for (const element of this.#others) element.inert = false
  }
}
