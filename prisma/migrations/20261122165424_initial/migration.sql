-- CreateEnum
CREATE TYPE "ConnectionStatus" AS ENUM ('LIVE', 'EXPIRED', 'BROKEN');

-- CreateEnum
CREATE TYPE "ConnectionProblemCode" AS ENUM ('ACCESS_EXPIRED', 'ACCESS_REVOKED', 'REFRESH_INTERRUPTED');

-- CreateEnum
CREATE TYPE "AuthorizationStatus" AS ENUM ('PENDING', 'OPENED', 'EXCHANGING', 'AWAITING_CONFIRMATION', 'SUCCEEDED', 'DENIED', 'FAILED', 'EXPIRED', 'CANCELED', 'SUPERSEDED');

-- CreateEnum
CREATE TYPE "AuthorizationFailureCode" AS ENUM ('DENIED_BY_USER', 'DEADLINE_PASSED', 'INTERRUPTED', 'APP_UNAVAILABLE', 'APP_REFUSED', 'ISSUER_MISMATCH', 'INVALID_TOKEN_RESPONSE', 'ACCOUNT_MISMATCH', 'CONNECTOR_UNAVAILABLE', 'CONFIRMED_BY_ANOTHER_USER');

-- CreateEnum
CREATE TYPE "AuthorizationBinding" AS ENUM ('BROWSER', 'CONFIRM');

-- CreateEnum
CREATE TYPE "AuthorizationDisplay" AS ENUM ('POPUP', 'REDIRECT');

-- CreateEnum
CREATE TYPE "ActivityKind" AS ENUM ('SETUP_STARTED', 'SETUP_REMOVED', 'CONNECTION_CHOSEN', 'AUTHORIZATION_STARTED', 'AUTHORIZATION_DENIED', 'AUTHORIZATION_FAILED', 'AUTHORIZATION_EXPIRED', 'AUTHORIZATION_CANCELED', 'CONNECTED', 'REAUTHORIZED', 'CONNECTION_EXPIRED', 'DISCONNECTED');

-- CreateTable
CREATE TABLE "Catalogue" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "revision" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Catalogue_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Plugin" (
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "iconUrl" TEXT,
    "manifestHash" TEXT NOT NULL,
    "publishedAt" TIMESTAMPTZ(3) NOT NULL,
    "retiredAt" TIMESTAMPTZ(3),

    CONSTRAINT "Plugin_pkey" PRIMARY KEY ("slug")
);

-- CreateTable
CREATE TABLE "Skill" (
    "pluginSlug" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "instructions" TEXT NOT NULL,
    "retiredAt" TIMESTAMPTZ(3),

    CONSTRAINT "Skill_pkey" PRIMARY KEY ("pluginSlug","slug")
);

-- CreateTable
CREATE TABLE "Requirement" (
    "pluginSlug" TEXT NOT NULL,
    "connectorSlug" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "scopes" TEXT[],
    "reason" TEXT NOT NULL,
    "optional" BOOLEAN NOT NULL,

    CONSTRAINT "Requirement_pkey" PRIMARY KEY ("pluginSlug","connectorSlug")
);

-- CreateTable
CREATE TABLE "SkillRequirement" (
    "pluginSlug" TEXT NOT NULL,
    "skillSlug" TEXT NOT NULL,
    "connectorSlug" TEXT NOT NULL,
    "scopes" TEXT[],

    CONSTRAINT "SkillRequirement_pkey" PRIMARY KEY ("pluginSlug","skillSlug","connectorSlug")
);

-- CreateTable
CREATE TABLE "Connector" (
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "iconUrl" TEXT,
    "signInUrl" TEXT,
    "defaultScopes" TEXT[],
    "provider" TEXT NOT NULL,
    "providerSettings" JSONB,
    "removedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Connector_pkey" PRIMARY KEY ("slug")
);

-- CreateTable
CREATE TABLE "ConnectorCredential" (
    "connectorSlug" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "ConnectorCredential_pkey" PRIMARY KEY ("connectorSlug")
);

-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "organization" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Setup" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "pluginSlug" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Setup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StepBinding" (
    "setupId" UUID NOT NULL,
    "connectorSlug" TEXT NOT NULL,
    "connectionId" UUID,
    "boundAt" TIMESTAMPTZ(3) NOT NULL,
    "authorized" BOOLEAN NOT NULL,

    CONSTRAINT "StepBinding_pkey" PRIMARY KEY ("setupId","connectorSlug")
);

-- CreateTable
CREATE TABLE "SkillCopy" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "userId" UUID NOT NULL,
    "pluginSlug" TEXT NOT NULL,
    "skillSlug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "instructions" TEXT NOT NULL,
    "pluginVersion" TEXT NOT NULL,
    "copiedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SkillCopy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Connection" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "connectorSlug" TEXT NOT NULL,
    "status" "ConnectionStatus" NOT NULL,
    "problemCode" "ConnectionProblemCode",
    "problemSince" TIMESTAMPTZ(3),
    "accountId" TEXT,
    "accountLabel" TEXT,
    "grantedScopes" TEXT[],
    "connectedAt" TIMESTAMPTZ(3) NOT NULL,
    "authorizedAt" TIMESTAMPTZ(3) NOT NULL,
    "lastVerifiedAt" TIMESTAMPTZ(3),
    "accessTokenExpiresAt" TIMESTAMPTZ(3),
    "refreshable" BOOLEAN NOT NULL,
    "tokenVersion" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "Connection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ConnectionToken" (
    "connectionId" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "ConnectionToken_pkey" PRIMARY KEY ("connectionId")
);

-- CreateTable
CREATE TABLE "Revocation" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "connectorSlug" TEXT NOT NULL,
    "accountId" TEXT,
    "organization" TEXT NOT NULL,
    "userId" UUID NOT NULL,
    "recordId" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Revocation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Authorization" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "connectorSlug" TEXT NOT NULL,
    "setupId" UUID,
    "targetConnectionId" UUID,
    "connectionId" UUID,
    "status" "AuthorizationStatus" NOT NULL,
    "binding" "AuthorizationBinding" NOT NULL,
    "display" "AuthorizationDisplay" NOT NULL,
    "returnTo" TEXT,
    "scopes" TEXT[],
    "stateHash" BYTEA NOT NULL,
    "browserHash" BYTEA,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "exchangeStartedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "failureCode" "AuthorizationFailureCode",
    "failureDetail" TEXT,

    CONSTRAINT "Authorization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuthorizationSecret" (
    "authorizationId" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "confirmationCodeHash" BYTEA,

    CONSTRAINT "AuthorizationSecret_pkey" PRIMARY KEY ("authorizationId")
);

-- CreateTable
CREATE TABLE "Activity" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "userId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" "ActivityKind" NOT NULL,
    "pluginSlug" TEXT,
    "connectorSlug" TEXT,
    "accountLabel" TEXT,
    "detail" TEXT,

    CONSTRAINT "Activity_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Requirement_connectorSlug_idx" ON "Requirement"("connectorSlug");

-- CreateIndex
CREATE INDEX "SkillRequirement_connectorSlug_idx" ON "SkillRequirement"("connectorSlug");

-- CreateIndex
CREATE UNIQUE INDEX "User_issuer_subject_organization_key" ON "User"("issuer", "subject", "organization");

-- CreateIndex
CREATE UNIQUE INDEX "Setup_userId_pluginSlug_key" ON "Setup"("userId", "pluginSlug");

-- CreateIndex
CREATE INDEX "StepBinding_connectionId_idx" ON "StepBinding"("connectionId");

-- CreateIndex
CREATE UNIQUE INDEX "SkillCopy_userId_pluginSlug_skillSlug_key" ON "SkillCopy"("userId", "pluginSlug", "skillSlug");

-- CreateIndex
CREATE INDEX "Connection_connectorSlug_accountId_idx" ON "Connection"("connectorSlug", "accountId");

-- CreateIndex
CREATE INDEX "Connection_status_refreshable_accessTokenExpiresAt_idx" ON "Connection"("status", "refreshable", "accessTokenExpiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Connection_userId_connectorSlug_accountId_key" ON "Connection"("userId", "connectorSlug", "accountId");

-- CreateIndex
CREATE INDEX "Revocation_dueAt_idx" ON "Revocation"("dueAt");

-- CreateIndex
CREATE UNIQUE INDEX "Authorization_stateHash_key" ON "Authorization"("stateHash");

-- CreateIndex
CREATE INDEX "Authorization_userId_idx" ON "Authorization"("userId");

-- CreateIndex
CREATE INDEX "Authorization_status_expiresAt_idx" ON "Authorization"("status", "expiresAt");

-- CreateIndex
CREATE INDEX "Activity_userId_at_id_idx" ON "Activity"("userId", "at", "id");

-- AddForeignKey
ALTER TABLE "Skill" ADD CONSTRAINT "Skill_pluginSlug_fkey" FOREIGN KEY ("pluginSlug") REFERENCES "Plugin"("slug") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Requirement" ADD CONSTRAINT "Requirement_pluginSlug_fkey" FOREIGN KEY ("pluginSlug") REFERENCES "Plugin"("slug") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Requirement" ADD CONSTRAINT "Requirement_connectorSlug_fkey" FOREIGN KEY ("connectorSlug") REFERENCES "Connector"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SkillRequirement" ADD CONSTRAINT "SkillRequirement_pluginSlug_skillSlug_fkey" FOREIGN KEY ("pluginSlug", "skillSlug") REFERENCES "Skill"("pluginSlug", "slug") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SkillRequirement" ADD CONSTRAINT "SkillRequirement_connectorSlug_fkey" FOREIGN KEY ("connectorSlug") REFERENCES "Connector"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ConnectorCredential" ADD CONSTRAINT "ConnectorCredential_connectorSlug_fkey" FOREIGN KEY ("connectorSlug") REFERENCES "Connector"("slug") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Setup" ADD CONSTRAINT "Setup_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StepBinding" ADD CONSTRAINT "StepBinding_setupId_fkey" FOREIGN KEY ("setupId") REFERENCES "Setup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StepBinding" ADD CONSTRAINT "StepBinding_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SkillCopy" ADD CONSTRAINT "SkillCopy_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Connection" ADD CONSTRAINT "Connection_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Connection" ADD CONSTRAINT "Connection_connectorSlug_fkey" FOREIGN KEY ("connectorSlug") REFERENCES "Connector"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ConnectionToken" ADD CONSTRAINT "ConnectionToken_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Authorization" ADD CONSTRAINT "Authorization_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Authorization" ADD CONSTRAINT "Authorization_connectorSlug_fkey" FOREIGN KEY ("connectorSlug") REFERENCES "Connector"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Authorization" ADD CONSTRAINT "Authorization_setupId_fkey" FOREIGN KEY ("setupId") REFERENCES "Setup"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AuthorizationSecret" ADD CONSTRAINT "AuthorizationSecret_authorizationId_fkey" FOREIGN KEY ("authorizationId") REFERENCES "Authorization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Activity" ADD CONSTRAINT "Activity_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
