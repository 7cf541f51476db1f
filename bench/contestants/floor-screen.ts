/** The floor's reads: PostgreSQL makes the JSON of each in one statement. */
const CONNECTED = `connections c ON c.user_id = $1 AND c.connector_id = q.connector_id`

export const SCREEN = {
  name: 'screen',
  text: `SELECT json_build_object(
      'id', p.id,
      'name', p.name,
      'skills', (SELECT json_agg(json_build_object('id', s.id, 'name', s.name, 'description', s.description) ORDER BY s.position)
        FROM skills s WHERE s.plugin_id = p.id),
      'requirements', r.list,
      'setup', json_build_object('status', coalesce(u.status, 'NOT_STARTED'), 'version', coalesce(u.version, 0),
        'done', r.done, 'total', r.total))::text AS json
    FROM plugins p
    LEFT JOIN setups u ON u.user_id = $1 AND u.plugin_id = p.id,
    LATERAL (
      SELECT json_agg(json_build_object('position', q.position, 'scopes', q.scopes,
          'connector', json_build_object('id', o.id, 'name', o.name),
          'connection', CASE WHEN c.status IS NOT NULL
            THEN json_build_object('status', c.status, 'grantedScopes', c.granted_scopes) END) ORDER BY q.position) AS list,
        count(*) FILTER (WHERE c.status = 'LIVE') AS done,
        count(*) AS total
      FROM requirements q JOIN connectors o ON o.id = q.connector_id LEFT JOIN ${CONNECTED}
      WHERE q.plugin_id = p.id) r
    WHERE p.id = $2`,
}

export const PROGRESS = {
  name: 'progress',
  text: `SELECT json_build_object(
      'status', coalesce(min(u.status), 'NOT_STARTED'), 'version', coalesce(min(u.version), 0),
      'done', count(*) FILTER (WHERE c.status = 'LIVE'), 'total', count(*))::text AS json
    FROM requirements q LEFT JOIN ${CONNECTED} LEFT JOIN setups u ON u.user_id = $1 AND u.plugin_id = q.plugin_id
    WHERE q.plugin_id = $2`,
}
