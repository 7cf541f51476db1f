import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { texts } from '../texts.js'
import { Unbroken } from './unbroken.js'

interface DialogProps {
  title: string
  /** Names in the title. */
  names: readonly string[]
  /** The label of the button that confirms. */
  action: string
  isDangerous?: boolean
  children: ReactNode
  onConfirm(): void
  onClose(): void
}

/** Asks for confirmation. It uses the browser's own dialog, which traps the focus and restores it afterward. */
export function Dialog({ title, names, action, isDangerous = false, children, onConfirm, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // Closing it while it's still in the page restores the focus to the element that opened it.
  useLayoutEffect(() => {
    const { current } = dialog
    current?.showModal()
    return () => current?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      // The event comes a moment later. By then, React's strict mode has opened the dialog again.
      onClose={() => dialog.current?.open || onClose()}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault()
          onConfirm()
        }}
      >
        <h2 id={titleId}>
          <Unbroken text={title} names={names} />
        </h2>
        {children}
        <div className="actions">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {texts.cancel}
          </button>
          <button type="submit" className={isDangerous ? 'button button--danger' : 'button button--primary'}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  )
}
