// Starts a whole AT Protocol network (PLC directory, PDS, AppView, Ozone) on 127.0.0.1
// from the packages that Bluesky publishes, writes what a client needs to know to
// READY_FILE, and runs until SIGTERM. start.sh runs it from the folder of node_modules.
import fs from 'node:fs'
import net from 'node:net'
import { pathToFileURL } from 'node:url'

// Some of these servers name no host and would listen on every interface.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (first, ...rest) {
  if (typeof first === 'number' && typeof rest[0] !== 'string') {
    return listen.call(this, first, '127.0.0.1', ...rest.filter((a) => a !== undefined))
  }
  if (first && typeof first === 'object' && 'port' in first && !first.host) {
    return listen.call(this, { ...first, host: '127.0.0.1' }, ...rest)
  }
  return listen.call(this, first, ...rest)
}

// Imported by path: this file does not lie beside node_modules.
const { TestNetwork } = await import(
  pathToFileURL(process.cwd() + '/node_modules/@atproto/dev-env/dist/index.js').href
)

const port = (name) => Number(process.env[name])
const started = Date.now()
const network = await TestNetwork.create({
  dbPostgresUrl: process.env.DB_POSTGRES_URL,
  dbPostgresSchema: process.env.DB_POSTGRES_SCHEMA,
  plc: { port: port('AT_PLC_PORT') },
  pds: {
    port: port('AT_PDS_PORT'),
    hostname: 'localhost',
    // As in production: createSession tells where the account's own PDS is.
    enableDidDocWithSession: true,
    rateLimitsEnabled: process.env.AT_RATE_LIMITS === '1',
  },
  bsky: {
    port: port('AT_APPVIEW_PORT'),
    publicUrl: `http://localhost:${port('AT_APPVIEW_PORT')}`,
    dbPostgresSchema: 'bsky',
  },
  ozone: { port: port('AT_OZONE_PORT'), dbMaterializedViewRefreshIntervalMs: 30_000 },
})

const ready = {
  plc: network.plc.url,
  pds: network.pds.url,
  appview: network.bsky.url,
  appview_did: network.bsky.serverDid,
  firehose: network.pds.url.replace('http', 'ws') + '/xrpc/com.atproto.sync.subscribeRepos',
  handle_domain: '.test',
  admin_password: 'admin-pass', // dev-env's own, the same on every machine
  rate_limits: process.env.AT_RATE_LIMITS === '1',
  seconds: (Date.now() - started) / 1000,
  pid: process.pid,
}
// Renamed into place, so that start.sh never sees half of it.
fs.writeFileSync(process.env.READY_FILE + '.tmp', JSON.stringify(ready, null, 2) + '\n')
fs.renameSync(process.env.READY_FILE + '.tmp', process.env.READY_FILE)

let closing = false
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    if (closing) return
    closing = true
    // A client that keeps a connection open must not hold the process.
    setTimeout(() => process.exit(0), 5000).unref()
    network.close().catch(() => {}).finally(() => process.exit(0))
  })
}
