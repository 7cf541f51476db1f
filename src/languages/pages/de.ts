import { failures } from '../failures/de.js'
import type { PageTexts } from './en.js'

export const de: PageTexts = {
  language: 'de',
  failure: failures,
  close: 'Fenster schließen',
  proceed: 'Weiter',
  elsewhere: {
    title: 'Weiter geht’s in deiner Anwendung',
    line: 'Das Ergebnis siehst du auf der Seite, von der du gekommen bist.',
  },
  nativeApp: {
    title: 'Zurück zu deiner App',
    line: (app: string) => `Das Ergebnis geht an ${app}. Mach nur dann weiter, wenn du in dieser App angefangen hast.`,
    hint: 'Danach kannst du dieses Fenster schließen.',
    link: 'App öffnen',
    handledTitle: 'Zurück zu deiner App',
    handledLine: 'Diese Seite war schon einmal offen. Wenn dort nichts verbunden ist, fang in der App noch einmal an.',
  },
  choice: {
    title: (app) => `Was möchtest du bei ${app} verbinden?`,
    line: (app) =>
      `Du hast Zugriff auf mehrere Bereiche von ${app} gegeben, etwa auf Sites oder Firmen. Wähl jetzt einen aus. Die anderen kannst du später verbinden.`,
    unknown: 'Das steht nicht zur Auswahl. Wähl eine dieser Möglichkeiten.',
  },
  denied: (app) => `${app} ist nicht verbunden`,
  failed: (app) => `${app} konnte nicht verbunden werden`,
  unrepaired: (app) => `An deiner Verbindung zu ${app} hat sich nichts geändert`,
  connected: { title: (app) => `${app} ist verbunden`, line: 'Du kannst dieses Fenster schließen.' },
  incomplete: {
    title: (app) => `${app} ist verbunden, braucht aber Berechtigungen`,
    line: 'Manche Skills funktionieren erst mit diesen Berechtigungen. Erteilen kannst du sie auf der Seite, von der du gekommen bist.',
  },
  canceled: {
    title: (app) => `Verbinden mit ${app} abgebrochen`,
    line: 'Starte noch einmal auf der Seite, von der du gekommen bist.',
  },
  superseded: {
    title: (app) => `${app} ist schon verbunden`,
    line: 'Das ist in einem anderen Fenster passiert.',
  },
  open: {
    title: (app) => `${app} wird verbunden`,
    line: 'Mach auf der Seite weiter, von der du gekommen bist.',
  },
  moment: 'Einen Moment …',
  handled: (title) => `Schon erledigt: ${title}`,
  unknown: {
    title: 'Link nicht gefunden',
    line: 'Dieser Link ist ungültig oder abgelaufen. Starte noch einmal auf der Seite, von der du gekommen bist.',
  },
  tooManyUnknown: {
    title: 'Zu viele ungültige Links',
    line: 'Dieser Link ist ungültig oder abgelaufen, so wie viele andere, die aus deinem Netzwerk geöffnet wurden.',
    hint: 'Starte noch einmal auf der Seite, von der du gekommen bist. Ein neuer Link funktioniert.',
  },
  wrongBrowser: {
    title: 'Du hast in einem anderen Browser angefangen',
    line: (app) =>
      `${app} kannst du nur in dem Browser verbinden, in dem du angefangen hast. Es wurde nichts verbunden.`,
    hint: 'Hat dir jemand diesen Link geschickt? Dann benutz ihn nicht: Er würde dein Konto mit dem der anderen Person verbinden. Um dein eigenes Konto zu verbinden, fang in der Anwendung an, in der du angemeldet bist.',
  },
  badCallback: {
    title: 'Unvollständige Antwort',
    fault: {
      repeated: 'Die App hat einen Parameter doppelt geschickt.',
      long: 'Die App hat einen zu langen Parameter geschickt.',
      stateless: 'Der Parameter „state“ fehlt.',
      contradictory: 'Die App hat einen Code und zugleich einen Fehler geschickt.',
      large: 'Die Antwort ist zu groß.',
      formless: 'Die Antwort ist kein Formular.',
    },
    hint: 'Es wurde nichts verbunden. Starte noch einmal auf der Seite, von der du gekommen bist.',
  },
  broken: {
    title: 'Bei uns ist etwas schiefgegangen',
    line: 'Starte noch einmal auf der Seite, von der du gekommen bist.',
    hint: (requestId) => `Wenn es wieder nicht klappt, wende dich an den Support und nenn diese Nummer: ${requestId}.`,
  },
  notNow: {
    title: 'Gerade nicht verfügbar',
    line: 'Es ist nichts verloren. Lade die Seite in einer Minute neu.',
  },
  notFound: {
    title: 'Seite nicht gefunden',
    line: 'Unter dieser Adresse gibt es nichts. Vielleicht ist der Link veraltet.',
    link: 'Zur Startseite',
  },
  staging: {
    title: 'Beim Staging anmelden',
    line: (product) => `Hier kannst du ${product} mit Demo-Personen und nachgestellten Apps ausprobieren.`,
    password: 'Passwort',
    link: 'Anmelden',
    wrong: 'Das Passwort ist falsch. Versuch es noch einmal.',
    tooMany: 'Aus deinem Netzwerk kamen zu viele falsche Passwörter.',
    later: (seconds) =>
      seconds === 1 ? 'Versuch es in einer Sekunde noch einmal.' : `Versuch es in ${seconds} Sekunden noch einmal.`,
    checking: 'Einen Moment. Wir prüfen, ob du bei deiner Anwendung angemeldet bist.',
    signedOut: 'Melde dich zuerst bei deiner Anwendung an. Öffne dann diese Seite noch einmal.',
    unreachable: 'Deine Anwendung ist nicht erreichbar. Versuch es in einer Minute noch einmal.',
    toApplication: 'Zu deiner Anwendung',
    again: 'Noch einmal versuchen',
  },
  unknownPerson: {
    title: (id: string) => `Es gibt keine Demo-Person namens ${id}`,
    line: (known: string) => `Häng ${known} an die Adresse an.`,
    link: (name: string) => `Als ${name} weitermachen`,
  },
  otherName: {
    title: (product) => `Öffne ${product} unter der richtigen Adresse`,
    line: 'Unter dem Namen in dieser Adresse funktioniert es nicht.',
    link: (product) => `Zu ${product}`,
  },
}
