import type { FailureTexts } from './en.js'

export const failures: FailureTexts = {
  DENIED_BY_USER: {
    message: (app) => `No diste acceso a ${app}.`,
    hint: () => 'Algunas habilidades lo necesitan. Acéptalo la próxima vez.',
  },
  DEADLINE_PASSED: {
    message: (app) => `${app} no respondió a tiempo.`,
    hint: (app) => `Inicia sesión en ${app} y vuelve a intentarlo.`,
  },
  INTERRUPTED: {
    message: (app) => `La conexión con ${app} se interrumpió.`,
    hint: () => 'No se conectó nada. Vuelve a intentarlo.',
  },
  APP_UNAVAILABLE: {
    message: (app) => `${app} no responde bien en este momento.`,
    hint: () => 'Vuelve a intentarlo en unos minutos.',
  },
  APP_REFUSED: {
    message: (app) => `${app} rechazó la conexión.`,
    hint: () => 'Vuelve a intentarlo. Si sigue sin funcionar, avisa a tu equipo de administración.',
  },
  ISSUER_MISMATCH: {
    message: (app) => `No pudimos comprobar que la respuesta viniera de ${app}, así que no se conectó nada.`,
    hint: () => 'Vuelve a intentarlo desde una página en la que confíes.',
  },
  INVALID_TOKEN_RESPONSE: {
    message: (app) => `${app} envió una respuesta que no pudimos usar.`,
    hint: () => 'Vuelve a intentarlo. Si sigue sin funcionar, avisa a tu equipo de administración.',
  },
  ACCOUNT_MISMATCH: {
    message: (app) =>
      `Iniciaste sesión en ${app} con una cuenta distinta de la que conectaste, así que nada ha cambiado.`,
    hint: (app) => `Inicia sesión en ${app} con la cuenta que conectaste o conecta además la otra.`,
  },
  CONNECTOR_UNAVAILABLE: {
    message: (app) => `${app} todavía no está disponible.`,
    hint: () => 'Tu equipo de administración tiene que configurarla primero.',
  },
  CONFIRMED_BY_ANOTHER_USER: {
    message: (app) => `Había otra persona con la sesión iniciada al conectar ${app}, así que no se conectó nada.`,
    hint: () =>
      'Inicia sesión con tu cuenta y vuelve a intentarlo. No abras enlaces de conexión que te envíen otras personas.',
  },
  INTERACTION_REQUIRED: {
    message: (app) => `${app} necesita que inicies sesión o respondas algo en sus páginas.`,
    hint: (app) => `Inicia sesión en ${app} y vuelve a intentarlo.`,
  },
  APPROVAL_PENDING: {
    message: (app) => `Otra persona tiene que aprobar ${app} para tu organización.`,
    hint: (app) => `Pide a quien administra tu organización en ${app} que la apruebe y, después, conéctala.`,
  },
  APPROVAL_GRANTED: {
    message: (app) => `${app} ya tiene aprobación o está instalada, pero tu cuenta aún no está conectada.`,
    hint: (app) => `Conecta ${app} una vez más para terminar.`,
  },
  NO_CODE_RECEIVED: {
    message: (app) => `${app} te envió de vuelta sin dar acceso.`,
    hint: (app) =>
      `Vuelve a intentarlo y completa todos los pasos de ${app}. Si sigue sin funcionar, avisa a tu equipo de administración.`,
  },
  CLIENT_REFUSED: {
    message: (app) => `${app} no está bien configurada aquí, así que no se conectó nada.`,
    hint: (app) => `Pide a tu equipo de administración que revise el ID y el secreto de cliente de ${app}.`,
  },
  SCOPE_REFUSED: {
    message: (app) => `${app} no ofrece uno de los permisos que pedimos, así que no se conectó nada.`,
    hint: (app) => `Pide a tu equipo de administración que revise qué permisos están activados en ${app}.`,
  },
  REDIRECT_URI_REFUSED: {
    message: (app) => `${app} no conoce la dirección a la que tenías que volver, así que no se conectó nada.`,
    hint: (app) => `Pide a tu equipo de administración que registre el URI de redirección en ${app}.`,
  },
  ADDRESS_BLOCKED: {
    message: (app) => `No podemos acceder a ${app} en su dirección, así que no se conectó nada.`,
    hint: (app) => `Pide a tu equipo de administración que revise la dirección de ${app}.`,
  },
  NOTHING_TO_CHOOSE: {
    message: (app) => `Tu cuenta de ${app} no tiene ningún sitio ni organización que se pueda conectar.`,
    hint: (app) => `Inicia sesión en ${app} con otra cuenta o pide acceso allí. Después, vuelve a intentarlo.`,
  },
  NOTHING_CHOSEN: {
    message: (app) => `No elegiste a tiempo qué conectar en ${app}, así que no se conectó nada.`,
    hint: () => 'Vuelve a intentarlo y elige antes de que se acabe el tiempo.',
  },
}
