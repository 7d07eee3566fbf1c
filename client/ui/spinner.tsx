// Waiting, shown: a spinner inside a control, grey shapes where content will be. Neither speaks by itself.
import './spinner.css'

export function Spinner() {
  return <span class="spinner" aria-hidden="true" />
}

export function Skeleton({ class: more }: { class?: string }) {
  return <span class={more ? `skeleton ${more}` : 'skeleton'} aria-hidden="true" />
}
