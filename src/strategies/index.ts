export type {
  Proved,
  Requested,
  Strategy,
  StrategyContext,
  StrategyField,
  StrategyInput,
} from './strategy.js'
