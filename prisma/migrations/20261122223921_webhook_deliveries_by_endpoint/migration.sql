-- DropIndex
DROP INDEX "WebhookDelivery_endpointId_userId_sequence_idx";

-- AlterTable
ALTER TABLE "WebhookDelivery" ADD COLUMN     "retryUntil" TIMESTAMPTZ(3) NOT NULL DEFAULT (now() + '1 day'::interval);

-- CreateIndex
CREATE INDEX "WebhookDelivery_endpointId_status_dueAt_idx" ON "WebhookDelivery"("endpointId", "status", "dueAt");

-- CreateIndex
CREATE INDEX "WebhookDelivery_endpointId_userId_status_sequence_idx" ON "WebhookDelivery"("endpointId", "userId", "status", "sequence");

-- CreateIndex
CREATE INDEX "WebhookDelivery_endpointId_sequence_idx" ON "WebhookDelivery"("endpointId", "sequence");
