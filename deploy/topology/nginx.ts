import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { notFound } from '../../test/support/requirement.js'
import { type RunningProcess, runProcess } from '../../test/support/running-process.js'

const NGINX = { absence: "nginx wasn't found on the PATH or in /usr/sbin.", package: 'nginx-light' }
const TEMPLATE = new URL('../nginx.conf.template', import.meta.url)
/** Debian installs it where only root's PATH leads. */
const env = { PATH: `${process.env.PATH}:/usr/sbin` }

/** Starts nginx with the configuration that docker-compose.yml uses, in front of two servers of this machine. */
export async function startNginx(
  port: number,
  [first, second]: readonly [number, number],
  ownGroup = false,
): Promise<RunningProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-nginx-'))
  const values: Record<string, string> = {
    PROXY_LISTEN: `127.0.0.1:${port}`,
    PROXY_RESOLVER: '',
    PATCHBAY_1: `127.0.0.1:${first}`,
    PATCHBAY_2: `127.0.0.1:${second}`,
    PATCHBAY_SERVER_OPTIONS: '',
  }
  const template = await readFile(TEMPLATE, 'utf8')
  const site = template.replaceAll(/\$\{(\w+)\}/g, (place, name) => values[name] ?? place)
  await writeFile(join(folder, 'site.conf'), site)
  await writeFile(join(folder, 'nginx.conf'), mainConfiguration())
  const args = ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr']
  const nginx = await runProcess('nginx', args, { env, ready: /start worker process \d/, ownGroup }).catch((cause) => {
    throw cause.code === 'ENOENT' ? notFound(NGINX, { cause }) : cause
  })
  const stop = async () => {
    const code = await nginx.stop()
    await rm(folder, { recursive: true, force: true })
    return code
  }
  return { ...nginx, stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}

/** What nginx's image provides. It writes only to its own folder. */
function mainConfiguration(): string {
  const { uid, username } = userInfo()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`)
  return `${uid === 0 ? `user ${username};` : ''}
daemon off;
pid nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  include site.conf;
}
`
}
