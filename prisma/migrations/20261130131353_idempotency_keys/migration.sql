-- CreateTable
CREATE TABLE "IdempotencyRecord" (
    "id" TEXT NOT NULL,
    "callerId" TEXT NOT NULL,
    "userId" UUID,
    "fingerprint" TEXT NOT NULL,
    "attemptId" UUID NOT NULL,
    "leaseUntil" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdId" TEXT,
    "answer" TEXT,
    "shownOnce" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "IdempotencyRecord_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "IdempotencyRecord_callerId_expiresAt_idx" ON "IdempotencyRecord"("callerId", "expiresAt");

-- CreateIndex
CREATE INDEX "IdempotencyRecord_expiresAt_idx" ON "IdempotencyRecord"("expiresAt");

-- CreateIndex
CREATE INDEX "IdempotencyRecord_userId_idx" ON "IdempotencyRecord"("userId") WHERE ("userId" IS NOT NULL);
