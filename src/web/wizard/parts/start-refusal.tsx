/** Why a setup couldn't be started. */
export function StartRefusal({ refusal }: { refusal: string | null }) {
  if (refusal === null) return null
  return (
    <p className="notice notice--bad" role="alert">
      {refusal}
    </p>
  )
}
