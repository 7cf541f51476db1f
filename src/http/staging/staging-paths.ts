export const SIGN_IN_PATH = '/staging/sign-in'
export const SIGN_OUT_PATH = '/staging/sign-out'
/** On the sandbox's origin: takes the ticket that Patchbay's sign-in gave. */
export const ENTER_PATH = '/staging/enter'
