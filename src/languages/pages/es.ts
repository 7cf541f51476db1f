import { failures } from '../failures/es.js'
import type { PageTexts } from './en.js'

export const es: PageTexts = {
  language: 'es',
  failure: failures,
  close: 'Cerrar esta ventana',
  proceed: 'Continuar',
  elsewhere: { title: 'Sigue en tu aplicación', line: 'Verás el resultado en la página de la que vienes.' },
  nativeApp: {
    title: 'Vuelve a tu aplicación',
    line: (app: string) => `El resultado se envía a ${app}. Continúa solo si empezaste en esa aplicación.`,
    hint: 'Después puedes cerrar esta ventana.',
    link: 'Abrir la aplicación',
    handledTitle: 'Vuelve a tu aplicación',
    handledLine: 'Esta página ya se abrió antes. Si allí no se conectó nada, empieza de nuevo en la aplicación.',
  },
  choice: {
    title: (app) => `¿Qué quieres conectar en ${app}?`,
    line: (app) =>
      `Diste acceso a varios espacios de ${app}, como sitios o empresas. Elige uno ahora. Podrás conectar los demás después.`,
    unknown: 'Esa no es una de tus opciones. Elige una de estas.',
  },
  denied: (app) => `${app} no está conectada`,
  failed: (app) => `No se pudo conectar ${app}`,
  unrepaired: (app) => `Tu conexión con ${app} no ha cambiado`,
  connected: { title: (app) => `${app} está conectada`, line: 'Ya puedes cerrar esta ventana.' },
  incomplete: {
    title: (app) => `${app} está conectada, pero necesita permisos`,
    line: 'Sin los permisos que siguen, algunas habilidades no funcionan. Puedes concederlos en la página de la que vienes.',
  },
  canceled: {
    title: (app) => `Se canceló la conexión con ${app}`,
    line: 'Vuelve a empezar desde la página de la que vienes.',
  },
  superseded: { title: (app) => `${app} ya está conectada`, line: 'Se conectó en otra ventana.' },
  open: { title: (app) => `Conectando ${app}`, line: 'Sigue en la página de la que vienes.' },
  moment: 'Un momento…',
  handled: (title) => `Ya está hecho: ${title}`,
  unknown: {
    title: 'No encontramos este enlace',
    line: 'El enlace no es válido o ha caducado. Vuelve a empezar desde la página de la que vienes.',
  },
  tooManyUnknown: {
    title: 'Demasiados enlaces no válidos',
    line: 'Este enlace no es válido o ha caducado, igual que muchos otros que se han abierto desde tu red.',
    hint: 'Vuelve a empezar desde la página de la que vienes. Un enlace nuevo funciona.',
  },
  wrongBrowser: {
    title: 'Empezaste en otro navegador',
    line: (app) => `Solo puedes conectar ${app} en el navegador en el que empezaste. No se conectó nada.`,
    hint: 'Si alguien te envió este enlace, no lo uses: conectaría tu cuenta con la suya. Para conectar tu propia cuenta, empieza desde la aplicación en la que has iniciado sesión.',
  },
  badCallback: {
    title: 'Respuesta incompleta',
    fault: {
      repeated: 'La app envió un parámetro dos veces.',
      long: 'La app envió un parámetro demasiado largo.',
      stateless: 'Falta el parámetro «state».',
      contradictory: 'La app envió un código y un error a la vez.',
      large: 'La respuesta es demasiado grande.',
      formless: 'La respuesta no es un formulario.',
    },
    hint: 'No se conectó nada. Vuelve a empezar desde la página de la que vienes.',
  },
  broken: {
    title: 'Algo falló por nuestra parte',
    line: 'Vuelve a empezar desde la página de la que vienes.',
    hint: (requestId) => `Si sigue sin funcionar, avisa a soporte e indica este número: ${requestId}.`,
  },
  notNow: { title: 'No disponible por ahora', line: 'No se ha perdido nada. Recarga esta página en un minuto.' },
  notFound: {
    title: 'No encontramos esta página',
    line: 'No hay nada en esta dirección. Puede que el enlace sea antiguo.',
    link: 'Ir a la página de inicio',
  },
  staging: {
    title: 'Inicia sesión en el entorno de pruebas',
    line: (product) => `Aquí puedes probar ${product} con personas y apps ficticias.`,
    password: 'Contraseña',
    link: 'Iniciar sesión',
    wrong: 'La contraseña no es correcta. Inténtalo de nuevo.',
    tooMany: 'Han llegado demasiadas contraseñas incorrectas desde tu red.',
    later: (seconds) =>
      seconds === 1 ? 'Inténtalo de nuevo en un segundo.' : `Inténtalo de nuevo en ${seconds} segundos.`,
    checking: 'Un momento. Comprobamos si has iniciado sesión en tu aplicación.',
    signedOut: 'Primero inicia sesión en tu aplicación. Luego vuelve a abrir esta página.',
    unreachable: 'No se puede acceder a tu aplicación. Inténtalo de nuevo en un minuto.',
    toApplication: 'Ir a tu aplicación',
    again: 'Intentar de nuevo',
  },
  unknownPerson: {
    title: (id: string) => `No hay ninguna persona de prueba llamada ${id}`,
    line: (known: string) => `Termina la dirección con ${known}.`,
    link: (name: string) => `Continuar como ${name}`,
  },
  otherName: {
    title: (product) => `Abre ${product} con su propio nombre`,
    line: 'No funciona con el nombre de esta dirección.',
    link: (product) => `Ir a ${product}`,
  },
}
