import type { FailureTexts } from './en.js'

export const failures: FailureTexts = {
  DENIED_BY_USER: {
    message: (app) => `Du hast den Zugriff auf ${app} abgelehnt.`,
    hint: () => 'Manche Skills brauchen ihn. Stimm dem Zugriff beim nächsten Mal zu.',
  },
  DEADLINE_PASSED: {
    message: (app) => `Von ${app} kam keine rechtzeitige Antwort.`,
    hint: (app) => `Melde dich zuerst bei ${app} an und versuch es dann noch einmal.`,
  },
  INTERRUPTED: {
    message: (app) => `Das Verbinden mit ${app} wurde unterbrochen.`,
    hint: () => 'Es wurde nichts verbunden. Versuch es noch einmal.',
  },
  APP_UNAVAILABLE: {
    message: (app) => `${app} antwortet gerade nicht wie erwartet.`,
    hint: () => 'Versuch es in ein paar Minuten noch einmal.',
  },
  APP_REFUSED: {
    message: (app) => `${app} hat die Verbindung abgelehnt.`,
    hint: () => 'Versuch es noch einmal. Wenn es wieder nicht klappt, wende dich an dein Admin-Team.',
  },
  ISSUER_MISMATCH: {
    message: (app) => `Wir sind nicht sicher, dass diese Antwort von ${app} kam. Deshalb wurde nichts verbunden.`,
    hint: () => 'Versuch es noch einmal, und zwar von einer Seite aus, der du vertraust.',
  },
  INVALID_TOKEN_RESPONSE: {
    message: (app) => `Mit der Antwort von ${app} konnten wir nichts anfangen.`,
    hint: () => 'Versuch es noch einmal. Wenn es wieder nicht klappt, wende dich an dein Admin-Team.',
  },
  ACCOUNT_MISMATCH: {
    message: (app) =>
      `Du hast dich bei ${app} mit einem anderen Konto angemeldet als dem, das du verbunden hast. Deshalb hat sich nichts geändert.`,
    hint: (app) =>
      `Melde dich bei ${app} mit dem Konto an, das du verbunden hast, oder verbinde das andere zusätzlich.`,
  },
  CONNECTOR_UNAVAILABLE: {
    message: (app) => `${app} ist noch nicht verfügbar.`,
    hint: () => 'Dein Admin-Team muss die App zuerst einrichten.',
  },
  CONFIRMED_BY_ANOTHER_USER: {
    message: (app) => `Als ${app} verbunden werden sollte, war jemand anderes angemeldet. Es wurde nichts verbunden.`,
    hint: () =>
      'Melde dich mit deinem eigenen Konto an und versuch es noch einmal. Öffne keine Links zum Verbinden, die dir andere schicken.',
  },
  INTERACTION_REQUIRED: {
    message: (app) => `${app} möchte, dass du dich dort zuerst anmeldest oder etwas beantwortest.`,
    hint: (app) => `Melde dich zuerst bei ${app} an und versuch es dann noch einmal.`,
  },
  APPROVAL_PENDING: {
    message: (app) => `Zuerst muss jemand ${app} für deine Organisation freigeben.`,
    hint: (app) =>
      `Bitte die Verantwortlichen deiner Organisation bei ${app} um die Freigabe, und verbinde die App danach.`,
  },
  APPROVAL_GRANTED: {
    message: (app) => `${app} ist jetzt freigegeben oder installiert, aber dein Konto ist noch nicht verbunden.`,
    hint: (app) => `Verbinde ${app} noch einmal, dann ist alles fertig.`,
  },
  NO_CODE_RECEIVED: {
    message: (app) => `${app} hat dich zurückgeschickt, ohne Zugriff zu geben.`,
    hint: (app) =>
      `Versuch es noch einmal und geh bei ${app} alle Schritte durch. Wenn es wieder nicht klappt, wende dich an dein Admin-Team.`,
  },
  CLIENT_REFUSED: {
    message: (app) => `${app} ist hier nicht richtig eingerichtet. Es wurde nichts verbunden.`,
    hint: (app) => `Bitte dein Admin-Team, Client-ID und Client-Secret für ${app} zu prüfen.`,
  },
  SCOPE_REFUSED: {
    message: (app) => `${app} kennt eine der angefragten Berechtigungen nicht. Es wurde nichts verbunden.`,
    hint: (app) => `Bitte dein Admin-Team zu prüfen, welche Berechtigungen für ${app} aktiviert sind.`,
  },
  REDIRECT_URI_REFUSED: {
    message: (app) =>
      `${app} kennt die Adresse nicht, an die du zurückgeschickt werden sollst. Es wurde nichts verbunden.`,
    hint: (app) => `Bitte dein Admin-Team, die Redirect-URI bei ${app} einzutragen.`,
  },
  ADDRESS_BLOCKED: {
    message: (app) => `Wir dürfen ${app} unter dieser Adresse nicht aufrufen. Es wurde nichts verbunden.`,
    hint: (app) => `Bitte dein Admin-Team, die Adresse von ${app} zu prüfen.`,
  },
  NOTHING_TO_CHOOSE: {
    message: (app) => `Zu deinem Konto bei ${app} gehört nichts, was du verbinden könntest.`,
    hint: (app) =>
      `Melde dich bei ${app} mit einem anderen Konto an, oder lass dir dort Zugriff geben. Versuch es dann noch einmal.`,
  },
  NOTHING_CHOSEN: {
    message: (app) => `Du hast bei ${app} nicht rechtzeitig ausgewählt. Es wurde nichts verbunden.`,
    hint: () => 'Versuch es noch einmal und wähl etwas aus, bevor die Zeit abläuft.',
  },
}
