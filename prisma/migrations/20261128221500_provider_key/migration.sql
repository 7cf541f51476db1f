-- A stored generated column, so that rows which instances of an earlier version write have the right key too.
-- It rewrites "Connector", which holds one row for each app.
ALTER TABLE "Connector" ADD COLUMN "providerKey" TEXT NOT NULL GENERATED ALWAYS AS (
  CASE WHEN "provider" IN ('oauth2', 'openid-connect') THEN "slug" ELSE "provider" END
) STORED;
