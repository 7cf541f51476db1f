import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { texts } from '../texts.js'

interface DialogProps {
  title: string
  /** What the button says that does it. */
  action: string
  isDangerous?: boolean
  children: ReactNode
  onConfirm(): void
  onClose(): void
}

/** Asks before something is done. The browser's own dialog: it keeps the focus, and gives it back. */
export function Dialog({ title, action, isDangerous = false, children, onConfirm, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // Closed while it is still there, it gives the focus back to what opened it.
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
      // Told a moment later: React's strict mode has opened it again by then.
      onClose={() => dialog.current?.open || onClose()}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault()
          onConfirm()
        }}
      >
        <h2 id={titleId}>{title}</h2>
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
