/* The document of the service that gave this page, and of no other: nothing is loaded or checked elsewhere. */
window.SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  syntaxHighlight: { activated: true },
  tryItOutEnabled: false,
  validatorUrl: null,
})
