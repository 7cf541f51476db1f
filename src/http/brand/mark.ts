/** Patchbay's own mark. */
export const MARK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><title>Patchbay</title><rect width="32" height="32" rx="8" fill="#1c2330"/><path d="M10 12v4a6 6 0 0 0 12 0v-4" fill="none" stroke="#5fd08f" stroke-width="2.5" stroke-linecap="round"/><circle cx="10" cy="10" r="3.5" fill="#fff"/><circle cx="22" cy="10" r="3.5" fill="#fff"/><circle cx="16" cy="24" r="2.5" fill="#5fd08f"/></svg>'
