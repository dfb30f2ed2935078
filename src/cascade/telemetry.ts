/**
 * ONNX Runtime tells Microsoft about models and their use, keeps an identifier of the device and a database in the home folder
 * (since 1.29, on Linux as well), unless this is set in the process when it starts. To be called on the main thread before:
 * a thread has only a copy of the environment.
 */
export function refuseTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1'
}
