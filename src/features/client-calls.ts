/** What the client gives to the calls of features. */
export interface ClientCalls {
  /** Calls a route, such as `GET /user`, and returns its body. @throws AuthError */
  call<Body>(route: string, body?: object): Promise<Body>
  /** Calls a route whose body says nothing. @throws AuthError */
  ask(route: string, body: object): Promise<void>
  /** Calls a route that may change who is signed in, and informs the listeners. @throws AuthError */
  changed<Body>(route: string, body?: object): Promise<Body>
}
