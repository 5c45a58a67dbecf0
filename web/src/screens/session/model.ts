// SPDX-License-Identifier: Apache-2.0
// A session as the resources that the server keeps (docs/api.md, "A session"), made and read.
export * from './answers';
export { later, newId, now, refTo } from './codes';
export * from './findings';
export * from './given';
export * from './procedure';
export * from './vials';
