export type { CaseContext, ConformanceCase } from "./conformance-case.ts";
export { conformanceCases } from "./conformance-cases.ts";
export { type ConformanceOptions, conformancePlan, type PlannedTest } from "./conformance-plan.ts";
export type { Need } from "./need.ts";
export { type CaseOutcome, runCase } from "./run-case.ts";
export { renderContract, storageContract } from "./storage-contract.ts";
export type { StorageFixture, StoreUnderTest } from "./storage-fixture.ts";
export { type ModelOptions, storageModel, storageModelName } from "./storage-model.ts";
