-- DropIndex
DROP INDEX "User_issuer_subject_organization_key";
